"""The finder as a folder of plain files, for whoever has a web server or a CMS and no Python."""
