#!/usr/bin/env bash
# Deploys Pointsman to a project of Google Cloud, and updates what is there; running it again changes nothing that is right.
#   PROJECT=my-project REGION=us-central1 adapters/gcp/host/deploy/deploy.sh CONFIG
#   PROJECT=my-project REGION=us-central1 adapters/gcp/host/deploy/deploy.sh --delete [--with-data]
# CONFIG is pointsman.yaml; it is kept as a secret and mounted. Needs gcloud, signed in as an owner of the project, and Node.
# Optional: DATABASE (default pointsman), SOURCE (default .pointsman/gcp, made by `npm run package:gcp`), MAX_INSTANCES of the function
# that performs effects (default 10), SECRETS: what CONFIG names as env:NAME, as NAME=secret:version,…
set -euo pipefail

: "${PROJECT:?the id of the project}" "${REGION:?a region of Cloud Run functions, Cloud Tasks and Firestore}"
DATABASE=${DATABASE:-pointsman}
MAX_INSTANCES=${MAX_INSTANCES:-10}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
SOURCE=${SOURCE:-$here/../../../../.pointsman/gcp}
indexes=$here/../../firestore/firestore.indexes.json

queue=pointsman
topic=pointsman-every-minute
secret=pointsman-config
runs_as=pointsman-functions@$PROJECT.iam.gserviceaccount.com
calls_as=pointsman-tasks@$PROJECT.iam.gserviceaccount.com
triggers_as=pointsman-events@$PROJECT.iam.gserviceaccount.com
perform_url=https://$REGION-$PROJECT.cloudfunctions.net/pointsman-perform

in_project() { gcloud "$@" --project="$PROJECT" --quiet; }
is_there() { in_project "$@" > /dev/null 2>&1; }
say() { printf '%s\n' "$*" >&2; }

delete_all() {
  for name in pointsman-api pointsman-perform pointsman-pushed pointsman-every-minute; do
    ! is_there functions describe "$name" --gen2 --region="$REGION" || in_project functions delete "$name" --gen2 --region="$REGION"
  done
  ! is_there scheduler jobs describe "$topic" --location="$REGION" || in_project scheduler jobs delete "$topic" --location="$REGION"
  ! is_there pubsub topics describe "$topic" || in_project pubsub topics delete "$topic"
  ! is_there tasks queues describe "$queue" --location="$REGION" || in_project tasks queues delete "$queue" --location="$REGION"
  ! is_there secrets describe "$secret" || in_project secrets delete "$secret"
  for account in "$runs_as" "$calls_as" "$triggers_as"; do
    ! is_there iam service-accounts describe "$account" || in_project iam service-accounts delete "$account"
  done
  if [[ ${1:-} == --with-data ]]; then
    ! is_there firestore databases describe --database="$DATABASE" || in_project firestore databases delete --database="$DATABASE"
  else
    say "the database $DATABASE stays, with every execution; --with-data deletes it too"
  fi
}

if [[ ${1:-} == --delete ]]; then
  delete_all "${2:-}"
  exit 0
fi

config=${1:?the configuration, pointsman.yaml}
[[ -r $config ]] || { say "there is no $config"; exit 2; }
[[ -r $SOURCE/index.js ]] || { say "there is no $SOURCE/index.js: run npm run package:gcp first"; exit 2; }

say '1/7 services'
in_project services enable artifactregistry.googleapis.com cloudbuild.googleapis.com cloudfunctions.googleapis.com \
  cloudscheduler.googleapis.com cloudtasks.googleapis.com eventarc.googleapis.com firestore.googleapis.com \
  pubsub.googleapis.com run.googleapis.com secretmanager.googleapis.com

say '2/7 service accounts: what the functions run as, what calls them for Cloud Tasks, what calls them for events'
for name in pointsman-functions pointsman-tasks pointsman-events; do
  is_there iam service-accounts describe "$name@$PROJECT.iam.gserviceaccount.com" || in_project iam service-accounts create "$name"
done

say '3/7 database and indexes'
is_there firestore databases describe --database="$DATABASE" ||
  in_project firestore databases create --database="$DATABASE" --location="$REGION" --type=firestore-native --delete-protection
node -e '
  const { indexes, fieldOverrides } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
  for (const { collectionGroup, fields } of indexes) {
    const configs = fields.map(({ fieldPath, order }) => `--field-config=field-path=${fieldPath},order=${order.toLowerCase()}`);
    console.log(["composite", "create", `--collection-group=${collectionGroup}`, "--query-scope=COLLECTION", ...configs, "--async"].join(" "));
  }
  for (const { collectionGroup, fieldPath } of fieldOverrides)
    console.log(["fields", "update", fieldPath, `--collection-group=${collectionGroup}`, "--disable-indexes", "--async"].join(" "));
' "$indexes" | while read -r -a arguments; do
  told=$(in_project firestore indexes "${arguments[@]}" --database="$DATABASE" 2>&1 < /dev/null) ||
    [[ $told == *'already exists'* || $told == *ALREADY_EXISTS* ]] || { say "$told"; exit 1; }
done

say '4/7 queue: effects are tried until they are done'
settings=(--location="$REGION" --max-attempts=unlimited --min-backoff=1s --max-backoff=300s --max-doublings=5
  --max-dispatches-per-second=200 --max-concurrent-dispatches=500 --log-sampling-ratio=0.01)
if is_there tasks queues describe "$queue" --location="$REGION"; then
  in_project tasks queues update "$queue" "${settings[@]}"
else
  in_project tasks queues create "$queue" "${settings[@]}"
fi

say '5/7 configuration'
is_there secrets describe "$secret" || in_project secrets create "$secret" --replication-policy=automatic
in_project secrets versions add "$secret" --data-file="$config"
secrets=/etc/pointsman/pointsman.yaml=$secret:latest${SECRETS:+,$SECRETS}

say '6/7 what they may do, and no more'
in_project projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$runs_as" --role=roles/datastore.user \
  --condition="expression=resource.name=='projects/$PROJECT/databases/$DATABASE',title=pointsman-database"
for role in roles/cloudtasks.enqueuer roles/cloudtasks.viewer; do
  in_project tasks queues add-iam-policy-binding "$queue" --location="$REGION" --member="serviceAccount:$runs_as" --role="$role"
done
in_project iam service-accounts add-iam-policy-binding "$calls_as" --member="serviceAccount:$runs_as" --role=roles/iam.serviceAccountUser
IFS=, read -r -a mounted <<< "$secrets"
for each in "${mounted[@]}"; do
  name=${each#*=}
  in_project secrets add-iam-policy-binding "${name%%:*}" --member="serviceAccount:$runs_as" --role=roles/secretmanager.secretAccessor
done
in_project projects add-iam-policy-binding "$PROJECT" --member="serviceAccount:$triggers_as" --role=roles/eventarc.eventReceiver --condition=None

say '7/7 functions'
is_there pubsub topics describe gcr || in_project pubsub topics create gcr
is_there pubsub topics describe "$topic" || in_project pubsub topics create "$topic"
variables=POINTSMAN_QUEUE=projects/$PROJECT/locations/$REGION/queues/$queue,POINTSMAN_PERFORM_URL=$perform_url
variables+=,POINTSMAN_TASKS_ACCOUNT=$calls_as,POINTSMAN_DATABASE=$DATABASE,POINTSMAN_CONFIG=/etc/pointsman/pointsman.yaml
deploy() {
  in_project functions deploy "$@" --gen2 --runtime=nodejs24 --region="$REGION" --source="$SOURCE" \
    --service-account="$runs_as" --set-env-vars="$variables" --set-secrets="$secrets" --memory=512Mi --cpu=1
}
deploy pointsman-perform --entry-point=pointsmanPerform --trigger-http --no-allow-unauthenticated --timeout=1800s \
  --concurrency=80 --max-instances="$MAX_INSTANCES"
deploy pointsman-api --entry-point=pointsmanApi --trigger-http --no-allow-unauthenticated --timeout=60s --concurrency=80 --max-instances=1
deploy pointsman-pushed --entry-point=pointsmanPushed --trigger-topic=gcr --trigger-service-account="$triggers_as" --retry \
  --timeout=60s --max-instances=5
deploy pointsman-every-minute --entry-point=pointsmanEveryMinute --trigger-topic="$topic" --trigger-service-account="$triggers_as" \
  --timeout=300s --max-instances=1
invoker() {
  in_project run services add-iam-policy-binding "$1" --region="$REGION" --member="serviceAccount:$2" --role=roles/run.invoker
}
invoker pointsman-perform "$calls_as"
invoker pointsman-pushed "$triggers_as"
invoker pointsman-every-minute "$triggers_as"
is_there scheduler jobs describe "$topic" --location="$REGION" ||
  in_project scheduler jobs create pubsub "$topic" --location="$REGION" --schedule='* * * * *' --topic="$topic" --message-body=minute

say "done. Who may call the API: gcloud run services add-iam-policy-binding pointsman-api --region=$REGION --member=user:… --role=roles/run.invoker"
