#!/usr/bin/env bash
# Builds the Dockerfile and starts what it makes, where there is neither Docker nor a registry of images: by Debian's buildah,
# on a base that debootstrap and npm's `node` package make. Root, Debian, ~3 GB of disk for a while; nothing is left behind.
#
#   scripts/image/check.sh              the image: builds, starts as nobody special, answers /health, stops by itself
#   scripts/image/check.sh --test       the stage of tests as well (minutes)
#   NODE_IMAGE=… scripts/image/check.sh from that base instead, such as the official one
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d /tmp/assay-image-XXXXXX)
export STORAGE_DRIVER=overlay BUILDAH_ISOLATION=chroot TMPDIR=$work
storage=(--root "$work/storage" --runroot "$work/run")
mkdir -p "$work"/{lower,upper,scratch,merged}
if mount -t overlay overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/scratch" "$work/merged" 2>/dev/null
then umount "$work/merged"
else export STORAGE_DRIVER=vfs
fi
server=''
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  buildah "${storage[@]}" rm --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT
say() { echo "── $*"; }

for tool in buildah debootstrap; do
  command -v $tool >/dev/null || apt-get install -y -qq --no-install-recommends buildah debootstrap >/dev/null
done

# Docker's format, since the other one knows no health check.
build() { buildah "${storage[@]}" build --format docker --network host --build-arg NODE_IMAGE="$NODE_IMAGE" "${trust[@]}" "$@" . ; }
trust=()
if [ -z "${NODE_IMAGE:-}" ]; then
  say 'a base: Debian by debootstrap, Node 24 by npm'
  debootstrap --variant=minbase --include=ca-certificates trixie "$work/base" >"$work/debootstrap.log" 2>&1 ||
    { tail -20 "$work/debootstrap.log"; exit 1; }
  node_version=$(node -p "require('./package.json').devDependencies.node")
  npm install --prefix "$work/base/usr/local/lib" --no-audit --no-fund --silent "node@$node_version" npm@11
  ln -s ../lib/node_modules/node/bin/node "$work/base/usr/local/bin/node"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/base/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$work/base/usr/local/bin/npx"
  chroot "$work/base" useradd --uid 1000 --create-home node
  rm -rf "$work/base/var/cache/apt" "$work/base/var/lib/apt/lists"
  tar -C "$work/base" -cf "$work/base.tar" .
  printf 'FROM scratch\nADD base.tar /\nENV PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin\n' >"$work/Base"
  (cd "$work" && buildah "${storage[@]}" build --quiet --file Base --ignorefile /dev/null --tag localhost/assay-base . >/dev/null)
  rm -rf "$work/base" "$work/base.tar"
  NODE_IMAGE=localhost/assay-base
fi
# The registry that this machine uses, and whom it trusts, while building only.
npmrc=$work/npmrc
printf 'registry=%s\ncafile=/etc/ssl/certs/host.crt\n' "$(npm config get registry)" >"$npmrc"
trust=(--volume "$npmrc:/root/.npmrc:ro" --volume /etc/ssl/certs/ca-certificates.crt:/etc/ssl/certs/host.crt:ro)

say 'the image'
build --tag localhost/assay
if [ "${1:-}" = --test ]; then
  say 'the stage of tests'
  build --target test --tag localhost/assay-test
fi

say 'what is in it'
buildah "${storage[@]}" inspect --type image --format \
  'user {{.Docker.Config.User}}, {{.Docker.Config.Entrypoint}} {{.Docker.Config.Cmd}}, health check {{.Docker.Config.Healthcheck.Test}}' localhost/assay
container=$(buildah "${storage[@]}" from localhost/assay)
root=$(buildah "${storage[@]}" mount "$container")
echo "$(du -sm --exclude=proc "$root/app" | cut -f1) MB under /app, of it $(du -sm "$root/app/node_modules" | cut -f1) MB of libraries"
for absent in typescript @biomejs vite react autocannon node; do
  [ ! -e "$root/app/node_modules/$absent" ] || { echo "$absent is in the image"; exit 1; }
done
[ -z "$(find "$root/app/src" -name '*.test.ts')" ] || { echo 'tests are in the image'; exit 1; }
[ -e "$root/app/dashboard/dist/index.html" ] || { echo 'the dashboard is not in the image'; exit 1; }

say 'the container'
port=$((20000 + RANDOM % 20000))
buildah "${storage[@]}" run --user 1000:1000 --env HOST=127.0.0.1 --env PORT=$port --env API_KEY=image-check "$container" -- \
  node bin/assay.js serve >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 120); do
  curl -fsS "http://127.0.0.1:$port/health" >"$work/health" 2>/dev/null && break
  kill -0 $server 2>/dev/null || { cat "$work/server.log"; exit 1; }
  sleep 0.5
done
cat "$work/health" && echo
grep -q '"status":"healthy"' "$work/health"
curl -fsS "http://127.0.0.1:$port/api/transactions" -H 'x-api-key: image-check' -H 'content-type: application/json' \
  -d '{"userId": "u", "amount": 12.5, "currency": "USD"}' | head -c 200 && echo …
curl -fsS "http://127.0.0.1:$port/" -H 'accept: text/html' | grep -qi '<div id="root"' && echo 'the dashboard is served'
# The innermost of what this script started itself.
pid=$server
while child=$(pgrep -P "$pid" -n); do
  [ "$(cat "/proc/$child/comm")" != postgres ] || break
  pid=$child
done
echo "runs as user $(awk '/^Uid/ {print $2}' "/proc/$pid/status"): $(tr '\0' ' ' <"/proc/$pid/cmdline")"
kill -TERM "$pid"
wait $server
server=''
echo 'stopped by SIGTERM, exit code 0'
buildah "${storage[@]}" umount "$container" >/dev/null
