# The companion server, ready for production. What it needs to know stands in README.md, “Configuration”.
#
#   docker build -t vouch .
#   docker run --read-only --tmpfs /tmp -v vouch-data:/data -p 8080:8080 \
#     -e PUBLIC_URL=https://chat.acme.example -e VOUCH_SECRET -e VOUCH_CONFIG=/data/vouch.json vouch

FROM node:24-slim AS build
WORKDIR /vouch
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY .ci .ci
COPY shared shared
COPY widget widget
COPY server server
COPY tsconfig*.json vite.config.ts ./
RUN node .ci/build.ts
RUN npm prune --omit=dev --no-audit --no-fund

FROM node:24-slim
# Nobody of the host: what is written is written to the volume alone.
RUN groupadd --gid 10001 vouch && useradd --uid 10001 --gid vouch --no-create-home vouch \
  && install -d -o vouch -g vouch -m 700 /data
WORKDIR /vouch
COPY --from=build /vouch/node_modules node_modules
COPY --from=build /vouch/dist dist
COPY --from=build /vouch/shared shared
COPY --from=build /vouch/server server
COPY --from=build /vouch/package.json package.json
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 VOUCH_DATA_DIR=/data
USER vouch
VOLUME /data
EXPOSE 8080
# Alive, not ready: a node that waits for its database must not be killed for it. Balancers ask /readyz.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM drains: give the container the time for it (docker stop --time 40).
CMD ["node", "server/main.js"]
