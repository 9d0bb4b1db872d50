FROM scratch
RUN echo $((1<<EOF))x<<EOF
COPY a /
