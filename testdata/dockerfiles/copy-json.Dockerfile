FROM scratch
COPY ["a b", "c", "/d/"]
COPY [ "x" , "/" ]
