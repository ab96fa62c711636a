"""Every operation of S3 Vectors through boto3, against a service that is running.

Usage: operations.py ENDPOINT REGION ACCOUNT_ID

One function for each operation, with the operation's name in snake case as botocore spells it. Each makes what it needs,
in buckets of its own, and asserts what the answer is. For each, one line of JSON is written: its name, and the error
with the failing line where there was one. boto3.test.ts makes one test of each line.
"""

import datetime
import itertools
import json
import math
import sys
import traceback

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, REGION, ACCOUNT_ID = sys.argv[1:4]
client = boto3.client(
    "s3vectors",
    endpoint_url=ENDPOINT,
    region_name=REGION,
    aws_access_key_id="local",
    aws_secret_access_key="local",
    config=Config(retries={"total_max_attempts": 1}),
)
numbers = itertools.count()


def new_bucket(**more):
    name = f"boto3-{next(numbers)}"
    return name, client.create_vector_bucket(vectorBucketName=name, **more)["vectorBucketArn"]


def new_index(dimension=2, metric="cosine", **more):
    """An index in a bucket of its own: the way to name it, and its ARN."""
    bucket, _ = new_bucket()
    at = {"vectorBucketName": bucket, "indexName": "index"}
    arn = client.create_index(
        **at, dataType="float32", dimension=dimension, distanceMetric=metric, **more
    )["indexArn"]
    return at, arn


def put(at, *vectors):
    client.put_vectors(
        **at,
        vectors=[
            {"key": key, "data": {"float32": data}, **({"metadata": metadata} if metadata else {})}
            for key, data, metadata in vectors
        ],
    )


def equal(actual, expected):
    assert actual == expected, f"{actual!r} is not {expected!r}"


def refused(code, status, call, **arguments):
    """The error of a call that has to fail."""
    try:
        answer = call(**arguments)
    except ClientError as error:
        equal(error.response["Error"]["Code"], code)
        equal(error.response["ResponseMetadata"]["HTTPStatusCode"], status)
        return error.response
    raise AssertionError(f"not refused: {answer!r}")


def message_of(response):
    return response["Error"]["Message"]


def bucket_arn(name):
    return f"arn:aws:s3vectors:{REGION}:{ACCOUNT_ID}:bucket/{name}"


def create_vector_bucket():
    name, arn = new_bucket(encryptionConfiguration={"sseType": "AES256"}, tags={"env": "dev"})
    equal(arn, bucket_arn(name))
    response = refused("ConflictException", 409, client.create_vector_bucket, vectorBucketName=name)
    equal(message_of(response), "A vector bucket with the specified name already exists")
    response = refused("ValidationException", 400, client.create_vector_bucket, vectorBucketName="Bad_Name")
    equal(response["fieldList"], [{"path": "vectorBucketName", "message": "Invalid vector bucket name"}])


def get_vector_bucket():
    name, arn = new_bucket()
    for reference in ({"vectorBucketName": name}, {"vectorBucketArn": arn}):
        bucket = client.get_vector_bucket(**reference)["vectorBucket"]
        created = bucket.pop("creationTime")
        assert isinstance(created, datetime.datetime) and created.microsecond == 0, created
        equal(
            bucket,
            {
                "vectorBucketName": name,
                "vectorBucketArn": arn,
                "encryptionConfiguration": {"sseType": "AES256"},
                "defaultIndexMode": "ENHANCED",
            },
        )
    response = refused("NotFoundException", 404, client.get_vector_bucket, vectorBucketName="absent")
    equal(message_of(response), "The specified vector bucket could not be found")


def delete_vector_bucket():
    at, _ = new_index()
    name = at["vectorBucketName"]
    response = refused("ConflictException", 409, client.delete_vector_bucket, vectorBucketName=name)
    equal(message_of(response), "The specified vector bucket is not empty")
    client.delete_index(**at)
    client.delete_vector_bucket(vectorBucketArn=bucket_arn(name))
    refused("NotFoundException", 404, client.get_vector_bucket, vectorBucketName=name)
    client.delete_vector_bucket(vectorBucketName=name)


def list_vector_buckets():
    names = [f"boto3-list-{n}" for n in range(3)]
    for name in names:
        client.create_vector_bucket(vectorBucketName=name)
    pages = client.get_paginator("list_vector_buckets").paginate(
        prefix="boto3-list-", PaginationConfig={"PageSize": 2}
    )
    found = [[bucket["vectorBucketName"] for bucket in page["vectorBuckets"]] for page in pages]
    equal(found, [names[:2], names[2:]])


def put_vector_bucket_policy():
    name, _ = new_bucket()
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3vectors:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_vector_bucket_policy(vectorBucketName=name, policy=policy)
    equal(client.get_vector_bucket_policy(vectorBucketName=name)["policy"], policy)
    refused(
        "ValidationException", 400, client.put_vector_bucket_policy, vectorBucketName=name, policy="{"
    )


def get_vector_bucket_policy():
    name, arn = new_bucket()
    response = refused("NotFoundException", 404, client.get_vector_bucket_policy, vectorBucketArn=arn)
    equal(message_of(response), "The specified vector bucket policy could not be found")


def delete_vector_bucket_policy():
    name, _ = new_bucket()
    client.put_vector_bucket_policy(vectorBucketName=name, policy='{"Statement": []}')
    client.delete_vector_bucket_policy(vectorBucketName=name)
    refused("NotFoundException", 404, client.get_vector_bucket_policy, vectorBucketName=name)
    client.delete_vector_bucket_policy(vectorBucketName=name)


def put_vector_bucket_default_index_mode():
    name, _ = new_bucket()
    client.put_vector_bucket_default_index_mode(vectorBucketName=name, defaultIndexMode="ENHANCED")
    equal(client.get_vector_bucket(vectorBucketName=name)["vectorBucket"]["defaultIndexMode"], "ENHANCED")
    refused(
        "ValidationException",
        400,
        client.put_vector_bucket_default_index_mode,
        vectorBucketName=name,
        defaultIndexMode="CLASSIC",
    )


def create_index():
    at, arn = new_index(
        dimension=3072,
        metadataConfiguration={"nonFilterableMetadataKeys": ["why_it_worked"]},
        tags={"env": "dev"},
    )
    equal(arn, f"{bucket_arn(at['vectorBucketName'])}/index/index")
    shape = {"dataType": "float32", "dimension": 5000, "distanceMetric": "dot"}
    response = refused("ValidationException", 400, client.create_index, **{**at, "indexName": "other"}, **shape)
    equal([field["path"] for field in response["fieldList"]], ["/dimension", "/distanceMetric"])
    shape = {"dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
    refused("ConflictException", 409, client.create_index, **at, **shape)


def get_index():
    at, arn = new_index(metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    for reference in (at, {"indexArn": arn}):
        index = client.get_index(**reference)["index"]
        assert isinstance(index.pop("creationTime"), datetime.datetime)
        equal(
            index,
            {
                **at,
                "indexArn": arn,
                "dataType": "float32",
                "dimension": 2,
                "distanceMetric": "cosine",
                "metadataConfiguration": {"nonFilterableMetadataKeys": ["text"]},
                "encryptionConfiguration": {"sseType": "AES256"},
                "indexMode": "ENHANCED",
            },
        )
    response = refused("ValidationException", 400, client.get_index, **at, indexArn=arn)
    equal(message_of(response), "Must specify either indexArn or both vectorBucketName and indexName")


def delete_index():
    at, arn = new_index()
    client.delete_index(indexArn=arn)
    response = refused("NotFoundException", 404, client.delete_index, **at)
    equal(message_of(response), "The specified index could not be found")


def list_indexes():
    bucket, arn = new_bucket()
    names = [f"index-{n}" for n in range(5)]
    for name in names:
        client.create_index(
            vectorBucketName=bucket, indexName=name, dataType="float32", dimension=1, distanceMetric="cosine"
        )
    pages = client.get_paginator("list_indexes").paginate(
        vectorBucketArn=arn, PaginationConfig={"PageSize": 2}
    )
    equal([index["indexName"] for page in pages for index in page["indexes"]], names)


def update_index_mode():
    at, arn = new_index()
    client.update_index_mode(indexArn=arn, indexMode="ENHANCED")
    equal(client.get_index(**at)["index"]["indexMode"], "ENHANCED")
    refused("ValidationException", 400, client.update_index_mode, **at, indexMode="CLASSIC")


def put_vectors():
    at, arn = new_index(metric="euclidean")
    put(at, ("a", [0.1, 2], {"s": "x", "n": 1.5, "b": True, "list": ["x", 2]}))
    put({"indexArn": arn}, ("a", [3, 4], None))
    [vector] = client.get_vectors(**at, keys=["a"], returnData=True, returnMetadata=True)["vectors"]
    equal(vector, {"key": "a", "data": {"float32": [3.0, 4.0]}, "metadata": {}})
    response = refused(
        "ValidationException", 400, client.put_vectors, **at, vectors=[{"key": "k", "data": {"float32": [1]}}]
    )
    message = "vector must have length 2, but has length 1"
    equal(message_of(response), f"Invalid record for key 'k': {message}")
    equal(response["fieldList"], [{"path": "vectors[0]", "message": message}])
    for number in (math.nan, math.inf, -math.inf, 1e39):
        vectors = [{"key": "k", "data": {"float32": [number, 1]}}]
        response = refused("ValidationException", 400, client.put_vectors, **at, vectors=vectors)
        equal(message_of(response), "Invalid record for key 'k': vector contains NaNs or Infs")


def get_vectors():
    at, _ = new_index()
    put(at, ("a", [0.1, 2], {"list": ["x", 2], "s": "é😀"}), ("b", [1, 1], None))
    equal(client.get_vectors(**at, keys=["absent"])["vectors"], [])
    vectors = client.get_vectors(**at, keys=["b", "absent", "a"])["vectors"]
    equal(sorted(vector["key"] for vector in vectors), ["a", "b"])
    [vector] = client.get_vectors(**at, keys=["a"], returnData=True, returnMetadata=True)["vectors"]
    equal(vector["metadata"], {"list": ["x", 2], "s": "é😀"})
    assert abs(vector["data"]["float32"][0] - 0.1) < 1e-8, vector
    refused("ValidationException", 400, client.get_vectors, **at, keys=[f"k{n}" for n in range(101)])


def delete_vectors():
    at, _ = new_index()
    put(at, ("a", [1, 1], None), ("b", [1, 1], None))
    client.delete_vectors(**at, keys=["a", "absent"])
    equal(client.list_vectors(**at)["vectors"], [{"key": "b"}])


def list_vectors():
    at, _ = new_index()
    put(at, *[(f"k{n}", [1, n], {"n": n}) for n in range(100)])
    found = []
    for segment in range(4):
        pages = client.get_paginator("list_vectors").paginate(
            **at, segmentCount=4, segmentIndex=segment, returnMetadata=True, PaginationConfig={"PageSize": 7}
        )
        found += [(vector["key"], vector["metadata"]["n"]) for page in pages for vector in page["vectors"]]
    equal(sorted(found), sorted((f"k{n}", n) for n in range(100)))
    refused("ValidationException", 400, client.list_vectors, **at, segmentCount=2)


def query_vectors():
    at, _ = new_index(metric="euclidean")
    put(at, *[(f"k{n}", [n, 0], {"n": n, "name": f"name-{n % 10}"}) for n in range(250)])
    query = {**at, "queryVector": {"float32": [0, 0]}}
    answer = client.query_vectors(
        **query,
        topK=2,
        filter={"$and": [{"n": {"$gte": 100}}, {"name": {"$startsWith": "name-5"}}]},
        queryMode="ENHANCED",
        returnDistance=True,
        returnMetadata=True,
    )
    answer.pop("ResponseMetadata")
    equal(
        answer,
        {
            "vectors": [
                {"key": "k105", "distance": 11025.0, "metadata": {"n": 105, "name": "name-5"}},
                {"key": "k115", "distance": 13225.0, "metadata": {"n": 115, "name": "name-5"}},
            ],
            "distanceMetric": "euclidean",
        },
    )
    pages = list(client.get_paginator("query_vectors").paginate(**query, topK=250))
    equal([len(page["vectors"]) for page in pages], [100, 100, 50])
    equal([vector["key"] for page in pages for vector in page["vectors"]], [f"k{n}" for n in range(250)])
    response = refused("ValidationException", 400, client.query_vectors, **query, topK=1, filter={})
    equal(message_of(response), "Invalid filter")
    refused("ValidationException", 400, client.query_vectors, **query, topK=1, queryMode="CLASSIC")


def tag_resource():
    at, arn = new_index(tags={"env": "dev"})
    for resource in (arn, bucket_arn(at["vectorBucketName"])):
        client.tag_resource(resourceArn=resource, tags={"env": "prod", "a/b c+d=é": "x"})
        equal(client.list_tags_for_resource(resourceArn=resource)["tags"], {"env": "prod", "a/b c+d=é": "x"})
    refused("ValidationException", 400, client.tag_resource, resourceArn=arn, tags={"aws:x": "y"})


def untag_resource():
    _, arn = new_index(tags={"env": "dev", "a/b c+d=é": "x"})
    client.untag_resource(resourceArn=arn, tagKeys=["a/b c+d=é", "absent"])
    equal(client.list_tags_for_resource(resourceArn=arn)["tags"], {"env": "dev"})


def list_tags_for_resource():
    _, arn = new_bucket()
    equal(client.list_tags_for_resource(resourceArn=arn)["tags"], {})
    refused("NotFoundException", 404, client.list_tags_for_resource, resourceArn=f"{arn}-absent")


def main():
    for method, operation in sorted(client.meta.method_to_api_mapping.items()):
        result = {"operation": operation}
        try:
            check = globals().get(method)
            assert check is not None, f"there is no check for {method}"
            check()
        except Exception as error:  # whatever goes wrong in one check, the others are told of too
            [*_, line] = traceback.extract_tb(error.__traceback__)[:2]
            result["error"] = f"{type(error).__name__}: {error} (operations.py:{line.lineno}: {line.line})"
        print(json.dumps(result), flush=True)


main()
