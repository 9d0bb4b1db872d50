FROM scratch AS a
FROM a AS b
FROM b AS c
COPY --from=a x y
FROM scratch AS unused
COPY z /
FROM c
