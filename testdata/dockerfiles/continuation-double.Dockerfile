FROM scratch
RUN echo a \\
COPY a /
