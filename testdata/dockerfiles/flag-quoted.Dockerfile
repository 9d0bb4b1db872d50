FROM scratch
COPY --exclude="a b" --chown='x y' --exclude=\"q a /
