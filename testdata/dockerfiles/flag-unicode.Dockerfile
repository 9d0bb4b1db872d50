FROM scratch
COPY --exclude=éà a /
