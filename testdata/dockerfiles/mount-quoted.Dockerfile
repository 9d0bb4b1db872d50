FROM busybox
RUN --mount='type=bind,"source=a,b",target=/x' ls
RUN --mount=type=bind,source="a b",target=/y ls
