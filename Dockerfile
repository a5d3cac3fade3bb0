# The image of the emulator: docker build -t dodo-emulator . && docker run -p 127.0.0.1:4010:4010 -v dodo:/data dodo-emulator
# It builds for linux/amd64 and linux/arm64, without a compiler.

# Builds the package as for publishing. The build fills a database. better-sqlite3 13 has a bundled binary, so no install script needs
# to run; the lock file has an older version.
FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts && npm install --no-save --ignore-scripts better-sqlite3@13
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
# The rest of the image: Node.js, what `docker exec` needs, and the libraries that these programs load. A complete Debian would be
# almost half of the image.
RUN mkdir -p /image/usr/local/lib/node_modules /volume/data /image/tmp /image/etc/ssl/certs \
 && chmod 1777 /image/tmp \
 && for program in /usr/local/bin/node /bin/sh /usr/bin/env /usr/bin/id; do \
      cp -L --parents "$program" $(ldd "$program" | grep -o '/[^ ]*') /image; \
    done \
 && cp -L /etc/nsswitch.conf /image/etc/ \
 && echo 'root:x:0:0:root:/root:/bin/sh' >/image/etc/passwd \
 && echo 'node:x:1000:1000:node:/data:/bin/sh' >>/image/etc/passwd \
 && printf 'root:x:0:\nnode:x:1000:\n' >/image/etc/group \
 && if [ -f /etc/ssl/certs/ca-certificates.crt ]; then cp -L /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/; fi \
 && mv /usr/local/lib/node_modules/dodo-emulator /image/usr/local/lib/node_modules/ \
 && ln -s ../lib/node_modules/dodo-emulator/dist/cli.js /image/usr/local/bin/dodo-emulator

FROM scratch
LABEL org.opencontainers.image.title="dodo-emulator" \
      org.opencontainers.image.description="An unofficial local emulator of the Dodo Payments API" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=deps /image /
# A directory that exists already would keep its owner.
COPY --from=deps --chown=1000:1000 /volume /
ENV PATH=/usr/local/bin:/usr/bin:/bin \
    HOST=0.0.0.0 \
    DATABASE=/data/emulator.db
WORKDIR /data
VOLUME /data
USER 1000:1000
EXPOSE 4010
HEALTHCHECK --interval=5s --timeout=6s --start-period=10s --retries=3 CMD ["dodo-emulator", "health"]
ENTRYPOINT ["dodo-emulator"]
CMD ["start"]
