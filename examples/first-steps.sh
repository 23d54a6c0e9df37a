#!/usr/bin/env bash
# First steps: a project, an application with a key, a group with a member, a policy of two rules, an SSH key; a look at
# the logs; and all of it gone again. It wants a running server and its `export SCW_CONFIG_PATH=…` line:
#
#   npm start                        in one terminal; the first start prints the line
#   export SCW_CONFIG_PATH=…         in another, in the same folder
#   bash examples/first-steps.sh
set -euo pipefail
scw=${SCW:-npx scw}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What was made is printed with a line `ID  6f0c…`; this keeps the id.
id() { sed -n 's/^ID  *//p'; }
step() { printf '\n# %s\n' "$*"; }

step 'A project for the shop, and an application that deploys it'
project=$($scw account project create name=shop description="The web shop" | id)
application=$($scw iam application create name=deploy description="Deploys the shop" tags.0=shop | id)
$scw iam application get "$application"

step 'A key for it that ends in 30 days. The secret is shown once'
$scw iam api-key create application-id="$application" default-project-id="$project" expires-at=+30d description=ci >"$work/key"
access_key=$(sed -n 's/^AccessKey  *//p' "$work/key")
$scw iam api-key list bearer-id="$application"

step 'A member, and a group for both'
member=$($scw iam user create member.username=ada member.email=ada@example.org member.password="long enough to keep" | id)
group=$($scw iam group create name=shop-team | id)
$scw iam group add-members group-id="$group" user-ids.0="$member" application-ids.0="$application"

step 'A policy of two rules: objects of the shop, and a look at who is who'
organization=$($scw iam group get "$group" | sed -n 's/^OrganizationID  *//p')
policy=$($scw iam policy create name=shop-team group-id="$group" \
  rules.0.permission-set-names.0=ObjectStorageFullAccess rules.0.project-ids.0="$project" \
  rules.1.permission-set-names.0=IAMReadOnly rules.1.organization-id="$organization" | id)
$scw iam policy get "$policy"

step 'One more rule: a look at the containers of the shop'
$scw iam rule create "$policy" permission-set-names.0=ContainersReadOnly project-ids.0="$project"

step 'An SSH key from a file'
ssh-keygen -q -t ed25519 -N '' -C ada -f "$work/id_ed25519"
ssh_key=$($scw iam ssh-key create name=ada public-key=@"$work/id_ed25519.pub" project-id="$project" | id)
$scw iam ssh-key get "$ssh_key"

step 'What happened in the last hour'
$scw iam log list created-after=-1h order-by=created_at_desc -o human=CreatedAt,Action,ResourceType,ResourceID

step 'Away with all of it'
$scw iam policy delete "$policy"
$scw iam group delete "$group"
$scw iam user delete "$member"
$scw iam api-key delete "$access_key"
$scw iam application delete "$application"
$scw iam ssh-key delete "$ssh_key"
$scw account project delete project-id="$project"
