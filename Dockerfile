# The image of the emulator: docker build -t dodo-emulator . && docker run -p 127.0.0.1:4010:4010 -v dodo:/data dodo-emulator
# It builds for linux/amd64 and linux/arm64, without a compiler.

# Builds the package as for publishing. The build does not use the database, so no install script needs to run.
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm pack && mv dodo-emulator-*.tgz /dodo-emulator.tgz

# Installs the package with better-sqlite3's bundled binary, and removes files for builds and other platforms.
FROM node:24-slim AS deps
COPY --from=build /dodo-emulator.tgz /tmp/
RUN npm install --global --omit=dev --ignore-scripts /tmp/dodo-emulator.tgz \
 && cd /usr/local/lib/node_modules/dodo-emulator/node_modules/better-sqlite3 \
 && rm -rf deps src binding.gyp \
 && find prebuilds -type f ! -name "linux-$(node -p process.arch).node" -delete \
 && node -e "new (require('better-sqlite3'))(':memory:').close()"

FROM node:24-slim
LABEL org.opencontainers.image.title="dodo-emulator" \
      org.opencontainers.image.description="An unofficial local emulator of the Dodo Payments API" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=deps /usr/local/lib/node_modules/dodo-emulator /usr/local/lib/node_modules/dodo-emulator
RUN ln -s ../lib/node_modules/dodo-emulator/dist/cli.js /usr/local/bin/dodo-emulator \
 && mkdir /data && chown node:node /data
ENV HOST=0.0.0.0 \
    DATABASE=/data/emulator.db
WORKDIR /data
VOLUME /data
USER node
EXPOSE 4010
HEALTHCHECK --interval=5s --timeout=6s --start-period=10s --retries=3 CMD ["dodo-emulator", "health"]
ENTRYPOINT ["dodo-emulator"]
CMD ["start"]
