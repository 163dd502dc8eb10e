"""An agent of ours in place of CloudWatch's: it sends the lines of the files that its settings name, as they come.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
"""

import glob
import json
import os
import time
import urllib.error
import urllib.request

SETTINGS = "/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.json"
METADATA = "http://169.254.169.254/latest"


def metadata(path):
    asked = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    with urllib.request.urlopen(urllib.request.Request(f"{METADATA}/api/token", method="PUT", headers=asked)) as answer:
        token = answer.read().decode()
    session = urllib.request.Request(f"{METADATA}/meta-data/{path}", headers={"X-aws-ec2-metadata-token": token})
    with urllib.request.urlopen(session) as answer:
        return answer.read().decode()


def call(operation, key, body):
    scope = f"{key}/20260101/{os.environ['AWS_REGION']}/logs/aws4_request"
    headers = {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": f"Logs_20140328.{operation}",
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
    }
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps(body).encode(), headers)
    urllib.request.urlopen(request).close()


def main():
    instance = metadata("instance-id")
    role = metadata("iam/security-credentials/").strip()
    key = json.loads(metadata(f"iam/security-credentials/{role}"))["AccessKeyId"]
    with open(SETTINGS) as file:
        sources = json.load(file)["logs"]["logs_collected"]["files"]["collect_list"]
    read = {}
    while True:
        for source in sources:
            place = {
                "logGroupName": source["log_group_name"],
                "logStreamName": source["log_stream_name"].replace("{instance_id}", instance),
            }
            for path in glob.glob(source["file_path"]):
                with open(path, errors="replace") as file:
                    file.seek(read.get(path, 0))
                    lines = [line for line in file.read().splitlines() if line]
                    end = file.tell()
                if lines:
                    try:
                        call("CreateLogStream", key, place)
                    except urllib.error.HTTPError:
                        pass  # It is there.
                    now = int(time.time() * 1000)
                    events = [{"timestamp": now, "message": line} for line in lines]
                    call("PutLogEvents", key, {**place, "logEvents": events})
                read[path] = end
        time.sleep(1)


main()
