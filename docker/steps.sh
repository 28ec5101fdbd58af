# What the deploy scripts share: sourced, not run. Needs PROJECT, LOCATION and CONNECTION.

dry_run=0

# run COMMAND...: prints the command as a shell reads it, and runs it unless this is a dry run.
run() {
  print "$@" >&3
  ((dry_run)) || "$@"
}

# exists COMMAND...: whether the command succeeds. In a dry run nothing exists.
exists() {
  ((dry_run == 0)) && "$@" >/dev/null 2>&1
}

# remove COMMAND...: as run, but goes on if it fails, so that clean-up takes what it can.
remove() {
  run "$@" || left=$((${left:-0} + 1))
}

print() {
  local line="" word
  for word in "$@"; do
    word=$(quote "$word")
    if ((${#line} + ${#word} > 118)); then
      echo "$line \\"
      line=" "
    fi
    line+="${line:+ }$word"
  done
  echo "$line"
}

quote() {
  if [[ $1 =~ ^[A-Za-z0-9_./:=@%+,~-]+$ ]]; then
    echo "$1"
  else
    echo "'${1//\'/\'\\\'\'}'"
  fi
}

# fill FILE NAME...: the file with each ${NAME} replaced by that variable, without lines that are comments.
fill() {
  local text name
  text=$(grep -vE '^(--|#)' "$1")
  for name in "${@:2}"; do
    text=${text//"\${$name}"/${!name}}
  done
  [[ $text != *'${'* ]] || stop "$1: no value for \${${text#*'${'}"
  echo "$text"
}

# run_sql FILE NAME...: runs the file's SQL in BigQuery, with variables filled in.
run_sql() {
  local sql
  sql=$(fill "$@")
  run bq query "--project_id=$PROJECT" "--location=$LOCATION" --use_legacy_sql=false "$sql"
}

# Makes the connection, unless it exists, and sets member to its service account.
make_connection() {
  exists bq show --connection "$PROJECT.$LOCATION.$CONNECTION" \
    || run bq mk --connection "--project_id=$PROJECT" "--location=$LOCATION" --connection_type=CLOUD_RESOURCE "$CONNECTION"
  find_member
}

find_member() {
  local account=SERVICE_ACCOUNT_OF_THE_CONNECTION
  if ((dry_run == 0)); then
    account=$(bq show --format=json --connection "$PROJECT.$LOCATION.$CONNECTION" \
      | sed -n 's/.*"serviceAccountId": *"\([^"]*\)".*/\1/p')
  fi
  member=serviceAccount:$account
}

stop() {
  echo "$(basename "$0"): $1" >&2
  exit 1
}

# steps "STEP..." ARGUMENT...: runs the steps that the arguments name, "all" for all but clean-up.
steps() {
  local all=$1 argument step
  shift
  exec 3>&2
  [[ ${1:-} != --dry-run ]] || { dry_run=1 && shift && exec 3>&1; }
  (($# > 0)) || stop "no step given (expected: [--dry-run] all, clean-up, or some of $all)"
  for argument in "$@"; do
    [[ " $all all clean-up " == *" $argument "* ]] || stop "$argument: no such step (expected: all, clean-up, or some of $all)"
  done
  [[ $PROJECT =~ ^[a-z][a-z0-9-]+$ ]] || stop "PROJECT: '$PROJECT' (expected: the id of a Google Cloud project)"
  for argument in "$@"; do
    [[ $argument != all ]] || argument=$all
    for step in $argument; do
      ((dry_run == 0)) || echo "# $step"
      "${step//-/_}"
    done
  done
  ((${left:-0} == 0)) || stop "clean-up: $left commands failed; see above what is left"
}
