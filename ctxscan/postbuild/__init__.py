"""After the build: the forecast held against what was built.

    contents   values   layer   origins   findings of the image (`image`)   waste

Facts, as in `facts`: nothing here judges how bad something is, and nothing prints.
"""
