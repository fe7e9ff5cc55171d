"""The finder inside other people's pages: `/embed`, the page that writes the snippet, and oEmbed."""
