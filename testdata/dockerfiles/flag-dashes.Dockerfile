FROM scratch
COPY --link -- a /
RUN --network=none -- make --jobs=4
