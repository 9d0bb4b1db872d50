FROM scratch AS tools
FROM busybox
RUN --mount=type=bind,source=src,target=/src --mount=type=cache,id=x,target=/c,sharing=locked \
    --mount=from=tools,src=/bin,dst=/t,rw --mount=type=secret,id=s,required make
