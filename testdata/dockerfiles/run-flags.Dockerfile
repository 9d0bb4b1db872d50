FROM busybox
RUN --network=host --security=insecure --mount=target=/x true
