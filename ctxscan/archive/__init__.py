"""Archives, read as a stream: of images, as `docker save`, the exporters of BuildKit, buildah and `docker export` write
them, and tar, zip and compressed files wherever they lie.

In one pass, in constant memory, from a file, a directory or standard input. Nothing is unpacked to disk, no link is
followed, and whatever a hostile archive holds costs no more than `limits` says. It knows layers, members and digests,
and nothing of a build context.

    endings   limits   feed   compression   tar   zip   documents   archive
"""
