FROM scratch
RUN a \
\
 b
COPY a /
