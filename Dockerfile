# The image of `assay serve` and `assay worker`.
#
#   docker build --tag assay .                     the image
#   docker build --target test .                   the checks and tests, in the same Node
#   docker run -e API_KEY=… -e HOST=0.0.0.0 -p 3000:3000 -v assay:/data assay

ARG NODE_IMAGE=docker.io/library/node:24-trixie-slim

FROM ${NODE_IMAGE} AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
COPY dashboard/package.json dashboard/
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build --workspace dashboard

FROM build AS test
RUN npm run typecheck && npm run lint && npm run check --workspace dashboard && npm test

FROM base AS dependencies
COPY package.json package-lock.json ./
COPY dashboard/package.json dashboard/
# The libraries of the dashboard are in its build already.
RUN npm ci --omit=dev --workspaces=false --no-audit --no-fund

FROM build AS files
RUN mkdir -p /files/dashboard && cp -r package.json LICENSE bin src models schemas data /files/ \
  && cp -r dashboard/dist /files/dashboard/ && find /files/src -name '*.test.ts' -delete

FROM base
COPY --from=dependencies /app/node_modules node_modules
COPY --from=files /files ./
# `node` of the official images; whoever runs it under another id gives that one /data.
RUN mkdir -p /data && chown 1000:1000 /data
ENV NODE_ENV=production ASSAY_DATA_DIR=/data
USER 1000:1000
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/assay.js"]
CMD ["serve"]
