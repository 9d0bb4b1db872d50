FROM scratch
RUN <<"END OF" cat
END
END OF
COPY a /
