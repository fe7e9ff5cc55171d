"""The finder inside other people's pages: `/embed`, the page that writes the snippet, and oEmbed."""

from __future__ import annotations

from webmap.embed.routes import embed

__all__ = ["embed"]
