FROM scratch
RUN one \
# a comment
  two \
   # indented

  three
COPY a /
