FROM busybox
SHELL ["/bin/bash", "-c"]
RUN x
SHELL bash -c
