#!/bin/bash
# Runs at each start of the machine, as root: mounts the data disk, installs Docker once, and starts the compose file that
# the image holds, so that both are of one version. Start the machine anew to bring another image or other settings.
set -euo pipefail

metadata() {
    curl --fail --silent --header "Metadata-Flavor: Google" \
        "http://metadata.google.internal/computeMetadata/v1/instance/attributes/$1"
}

disk=/dev/disk/by-id/google-data
data=/mnt/data
blkid "$disk" >/dev/null || mkfs.ext4 -q "$disk"
mkdir -p "$data"
mountpoint -q "$data" || mount -o discard,nosuid "$disk" "$data"

# Docker's volumes lie on the data disk, which is the one that snapshots are taken of.
mkdir -p /etc/docker "$data/docker"
echo "{\"data-root\": \"$data/docker\", \"log-driver\": \"local\", \"live-restore\": true}" >/etc/docker/daemon.json
if ! command -v docker-compose >/dev/null; then
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends docker.io docker-cli docker-compose
fi
systemctl restart docker

umask 077
folder=$data/crime_trends
mkdir -p "$folder"
cd "$folder"
image=$(metadata crime-trends-image)
gcloud --quiet auth configure-docker "${image%%/*}"
docker pull "$image"
box=$(docker create "$image")
docker cp "$box:/app/docker-compose.yaml" .
docker rm "$box" >/dev/null

# The database's password is made here once and known nowhere else.
[ -s postgres.env ] || echo "CRIME_TRENDS_POSTGRES_PASSWORD=$(openssl rand -hex 24)" >postgres.env
metadata crime-trends-settings >settings.env
{
    cat postgres.env
    echo "CRIME_TRENDS_IMAGE=$image"
    echo "CRIME_TRENDS_SETTINGS_FILE=$folder/settings.env"
} >.env
docker-compose up --detach --no-build --remove-orphans
# What no container has any more are images of before; they would fill the disk.
docker image prune --all --force
