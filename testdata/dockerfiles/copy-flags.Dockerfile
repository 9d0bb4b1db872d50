FROM scratch
COPY --chown=1:2 --chmod=755 --link --parents --exclude=*.md --exclude=x a b /
ADD --checksum=sha256:abc --keep-git-dir=true --unpack=false --link=FALSE https://a.b/c /
