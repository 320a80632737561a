"""Records written in other formats, one page, one notebook or a whole folder at a time.

formats: the table of them; run: a folder exported, again only what changed; output: files whole or none;
pages: what a writer is given; reading: the text of a page as a reader wants it. Each writer is a module of
its own with `write(group, settings, out)`.
"""
