# a comment
# escape=`
FROM scratch
COPY a \
 /
