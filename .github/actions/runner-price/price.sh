#!/usr/bin/env bash
# Writes what the job that runs on this instance of EC2 has cost into its summary. A job never fails for it.
set -euo pipefail

IMDS=${IMDS:-http://169.254.169.254}

unknown() {
  echo "::notice::The price of this job is not known: $1"
  exit 0
}

metadata() {
  curl -fsS -m 5 -H "X-aws-ec2-metadata-token: $token" "$IMDS/latest/meta-data/$1"
}

spot_price() {
  aws ec2 describe-spot-price-history --region "$region" --instance-types "$type" --availability-zone "$zone" \
    --product-descriptions Linux/UNIX --start-time "$(date -u +%Y-%m-%dT%H:%M:%SZ)" \
    --query 'SpotPriceHistory[0].SpotPrice' --output text
}

on_demand_price() {
  local field filters=()
  for field in "instanceType=$type" "regionCode=$region" operatingSystem=Linux tenancy=Shared preInstalledSw=NA \
    capacitystatus=Used; do
    filters+=("Type=TERM_MATCH,Field=${field%%=*},Value=${field#*=}")
  done
  aws pricing get-products --region us-east-1 --service-code AmazonEC2 --filters "${filters[@]}" \
    --query 'PriceList[0]' --output text |
    jq -er '[.terms.OnDemand[].priceDimensions[].pricePerUnit.USD][0]'
}

token=$(curl -fsS -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$IMDS/latest/api/token" 2>/dev/null) ||
  unknown "it does not run on an instance of EC2"
silent="the instance does not say what it is"
type=$(metadata instance-type) || unknown "$silent"
zone=$(metadata placement/availability-zone) || unknown "$silent"
region=$(metadata placement/region) || unknown "$silent"
life=$(metadata instance-life-cycle) || unknown "$silent"
[[ $type =~ ^[a-z0-9-]+\.[a-z0-9-]+$ && $zone$region =~ ^[a-z0-9-]+$ ]] || unknown "$silent"
[[ $MINUTE_CHARGE =~ ^[0-9]+(\.[0-9]+)?$ ]] || unknown "minute-charge is not a number"
if [ "$life" = spot ]; then
  price=$(spot_price) || unknown "its role may not ask for spot prices"
else
  life=on-demand
  price=$(on_demand_price) || unknown "its role may not ask for prices"
fi
[[ $price =~ ^[0-9]+(\.[0-9]+)?$ ]] || unknown "AWS names no price of $type in $zone"

# The event is written when the job starts.
seconds=$(($(date +%s) - $(stat -c %Y "$GITHUB_EVENT_PATH")))
LC_ALL=C awk -v type="$type" -v life="$life" -v seconds="$seconds" -v price="$price" -v charge="$MINUTE_CHARGE" 'BEGIN {
  print "### Price of this job\n"
  print "| instance | bought | seconds | $ an hour | $ |"
  print "|---|---|---:|---:|---:|"
  minutes = int((seconds + 59) / 60)
  printf "| %s | %s | %d | %s | %.4f |\n", type, life, seconds, price, seconds * price / 3600 + minutes * charge
}' >>"$GITHUB_STEP_SUMMARY"
