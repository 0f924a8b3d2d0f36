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
        # Its connector writes the fields that the collection declares and leaves out the others.
        text() { printf '{"fieldName":"%s","dataType":"VarChar","elementTypeParams":{"max_length":"%s"}},' "$1" "$2"; }
        send POST "${2:-http://localhost:19530}/v2/vectordb/collections/create" \
            "{\"collectionName\":\"patchstream\",\"schema\":{\"autoID\":false,\"fields\":[
             {\"fieldName\":\"id\",\"dataType\":\"VarChar\",\"isPrimary\":true,\"elementTypeParams\":{\"max_length\":\"36\"}},
             {\"fieldName\":\"vector\",\"dataType\":\"FloatVector\",\"elementTypeParams\":{\"dim\":\"$DIM\"}},
             $(text payload_camera 249)$(text payload_frame 512)$(text payload_captured_at 40)$(text payload_label 512)
             $(text payload_model 512)$(text payload_model_sha256 64)$(text payload_source_topic 249)
             {\"fieldName\":\"payload_picture\",\"dataType\":\"Int32\"},
             {\"fieldName\":\"payload_probability\",\"dataType\":\"Float\"},
             {\"fieldName\":\"payload_source_partition\",\"dataType\":\"Int32\"},
             {\"fieldName\":\"payload_source_offset\",\"dataType\":\"Int64\"}]},
             \"indexParams\":[{\"fieldName\":\"vector\",\"indexName\":\"vector\",\"metricType\":\"COSINE\",\"indexType\":\"AUTOINDEX\"}]}" ;;
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
