FROM scratch
MAINTAINER Some One <some@one>
