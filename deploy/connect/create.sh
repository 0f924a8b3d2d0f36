#!/bin/sh
# Creates what a sink connector writes to: create.sh qdrant|milvus|weaviate|opensearch|elasticsearch|pgvector [URL]
# DIM is the length of the model's vectors (its hidden size); unset, that of the demo's model.
set -eu
DIM=${DIM:-128}
store=${1:?which store}
send() { curl -fsS -X "$1" "$2" -H 'Content-Type: application/json' --data "$3"; echo; }

case $store in
    qdrant)
        send PUT "${2:-http://localhost:6333}/collections/patchstream" \
            "{\"vectors\":{\"size\":$DIM,\"distance\":\"Cosine\"}}" ;;
    milvus)
        send POST "${2:-http://localhost:19530}/v2/vectordb/collections/create" \
            "{\"collectionName\":\"patchstream\",\"dimension\":$DIM,\"metricType\":\"COSINE\",\"idType\":\"VarChar\",\"primaryFieldName\":\"id\",\"vectorFieldName\":\"vector\",\"params\":{\"max_length\":\"36\",\"enableDynamicField\":\"true\"}}" ;;
    weaviate)
        # Weaviate learns the length from the first vector.
        send POST "${2:-http://localhost:8080}/v1/schema" \
            "{\"class\":\"Patchstream\",\"vectorizer\":\"none\",\"vectorIndexConfig\":{\"distance\":\"cosine\"}}" ;;
    opensearch)
        send PUT "${2:-http://localhost:9200}/patchstream" \
            "{\"settings\":{\"index.knn\":true},\"mappings\":{\"properties\":{\"vector\":{\"type\":\"knn_vector\",\"dimension\":$DIM,\"method\":{\"name\":\"hnsw\",\"engine\":\"lucene\",\"space_type\":\"cosinesimil\"}},\"payload\":{\"properties\":{\"camera\":{\"type\":\"keyword\"},\"label\":{\"type\":\"keyword\"},\"captured_at\":{\"type\":\"date_nanos\"}}}}}}" ;;
    elasticsearch)
        send PUT "${2:-http://localhost:9200}/patchstream" \
            "{\"mappings\":{\"properties\":{\"vector\":{\"type\":\"dense_vector\",\"dims\":$DIM,\"index\":true,\"similarity\":\"cosine\"},\"payload\":{\"properties\":{\"camera\":{\"type\":\"keyword\"},\"label\":{\"type\":\"keyword\"},\"captured_at\":{\"type\":\"date_nanos\"}}}}}}" ;;
    pgvector)
        psql -v ON_ERROR_STOP=1 ${2:+"$2"} <<SQL
CREATE EXTENSION IF NOT EXISTS vector;
CREATE TABLE patchstream (
    id text PRIMARY KEY, vector vector($DIM) NOT NULL, model text NOT NULL,
    payload_camera text NOT NULL, payload_frame text NOT NULL, payload_picture integer NOT NULL,
    payload_captured_at bigint NOT NULL, payload_label text NOT NULL, payload_probability real NOT NULL,
    lineage_model_sha256 text NOT NULL, lineage_source_topic text NOT NULL,
    lineage_source_partition integer NOT NULL, lineage_source_offset bigint NOT NULL);
CREATE INDEX ON patchstream USING hnsw (vector vector_cosine_ops);
SQL
        ;;
    *) echo "no such store: $store" >&2; exit 2 ;;
esac
