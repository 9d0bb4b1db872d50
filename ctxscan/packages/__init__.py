"""What is known of package managers and build tools, one module an ecosystem.

`ecosystem` has the Protocol that each of them satisfies, `catalog` lists them and answers for all of them together.
Nothing here knows what is made of the answers: whoever asks, asks the catalog and names no manager.
"""
