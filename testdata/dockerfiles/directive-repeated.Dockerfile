# escape=\
# escape=\
FROM scratch
