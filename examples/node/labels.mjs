// Reads labels with kafkajs: node labels.mjs client.json [how many]
//
// client.json: {"kafka": {...}, "registry": {"url", "auth"}, "topic", "group", "ca"}: kafka as kafkajs has it (brokers, ssl, sasl), ca the file
// of an authority of your own for both, auth "user:password". One line of JSON a label.
import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import avro from 'avsc'
import { decompress } from 'fzstd'
import kafkajs from 'kafkajs'

const { Kafka, CompressionCodecs, CompressionTypes, logLevel } = kafkajs
// Labels are stored with zstd, which kafkajs leaves to others.
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: async () => { throw new Error('this example only reads') },
  decompress: async buffer => Buffer.from(decompress(buffer)),
})

const config = JSON.parse(readFileSync(process.argv[2], 'utf8'))
let wanted = process.argv[3] === undefined ? Infinity : Number(process.argv[3])
const ca = config.ca && readFileSync(config.ca)

const types = new Map()
function type (id) {
  if (!types.has(id)) types.set(id, ask(`/schemas/ids/${id}`).then(({ schema }) => avro.Type.forSchema(JSON.parse(schema))))
  return types.get(id)
}
function ask (path) {
  const url = new URL(config.registry.url + path)
  return new Promise((resolve, reject) => (url.protocol === 'https:' ? https : http)
    .get(url, { ca, auth: config.registry.auth }, answer => {
      let body = ''
      answer.setEncoding('utf8').on('data', part => { body += part }).on('end', () => answer.statusCode === 200
        ? resolve(JSON.parse(body))
        : reject(new Error(`the registry answers ${answer.statusCode}: ${body}`)))
    }).on('error', reject))
}

const kafka = new Kafka({ logLevel: logLevel.ERROR, ...config.kafka, ssl: ca ? { ca: [ca] } : config.kafka.ssl })
// kafkajs reads committed records unless it is told otherwise.
const consumer = kafka.consumer({ groupId: config.group })
await consumer.connect()
await consumer.subscribe({ topics: [config.topic], fromBeginning: true })
consumer.on(consumer.events.CRASH, ({ payload }) => { console.error(payload.error.message); process.exitCode = 1 })
await new Promise((resolve, reject) => consumer.run({
  eachMessage: async ({ message: { key, value } }) => {
    if (wanted <= 0) return
    try {
      // One zero byte, four bytes of schema id, Avro.
      const label = (await type(value.readInt32BE(1))).fromBuffer(value.subarray(5))
      const best = label.top_k[0]
      console.log(JSON.stringify({
        camera: key.toString(),
        frame: label.frame_id,
        captured_at: label.captured_at, // microseconds since the epoch
        label: best.label,
        probability: Number(best.probability.toFixed(6)),
        source_offset: label.lineage.source_offset,
      }))
    } catch (error) {
      reject(error)
      throw error
    }
    if (--wanted === 0) resolve()
  },
}))
await consumer.disconnect()
