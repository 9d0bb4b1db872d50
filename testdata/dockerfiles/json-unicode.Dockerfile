FROM scratch
COPY ["\u00e9\ud83d\ude00", "\t", "/"]
