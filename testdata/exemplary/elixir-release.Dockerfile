ARG ELIXIR=1.17.3-erlang-27.1.2-debian-bookworm-20241111-slim
FROM hexpm/elixir:${ELIXIR} AS build
RUN apt-get update -y && apt-get install -y build-essential git \
    && apt-get clean && rm -f /var/lib/apt/lists/*_*
WORKDIR /app
ENV MIX_ENV=prod
RUN mix local.hex --force && mix local.rebar --force
COPY mix.exs mix.lock ./
RUN mix deps.get --only $MIX_ENV
COPY config config/
RUN mix deps.compile
COPY priv priv/
COPY lib lib/
RUN mix compile && mix release

FROM debian:bookworm-20241111-slim
RUN apt-get update -y && apt-get install -y libstdc++6 openssl libncurses5 locales ca-certificates \
    && apt-get clean && rm -f /var/lib/apt/lists/*_*
WORKDIR /app
RUN chown nobody /app
COPY --from=build --chown=nobody:root /app/_build/prod/rel/shop ./
USER nobody
CMD ["/app/bin/server"]
