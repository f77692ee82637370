// A register of companies for trying things out where there is no token of DaData: `npm run registry` beside the server. It
// speaks as much of DaData's protocol as the server asks for, and knows three companies that do not exist.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

const port = Number(process.env.REGISTRY_PORT ?? 4010)

const company = (inn: string, kpp: string, ogrn: string, name: string, address: string) => ({
  value: name,
  data: {
    ...{ inn, kpp, ogrn, type: 'LEGAL', state: { status: 'ACTIVE' } },
    ...{ name: { short_with_opf: name, full_with_opf: name }, address: { value: address } },
  },
})
const companies = [
  company('7701000428', '770101001', '1027700000426', 'ООО "Северный груз"', 'г Москва, ул Складская, д 1'),
  company('7805000172', '780501001', '1037800000171', 'ООО "Балтийский терминал"', 'г Санкт-Петербург, Дорога 2, д 7'),
  company('2501000083', '250101001', '1042500000080', 'АО "Тихий океан"', 'г Владивосток, ул Причальная, д 12'),
]

/** Whether a question names a company: by its number, or by a part of its name. */
function asks(path: string | undefined, wanted: string, { value, data }: (typeof companies)[number]): boolean {
  if (path?.endsWith('/findById/party')) return data.inn === wanted || data.ogrn === wanted
  return value.toLowerCase().includes(wanted.toLowerCase()) || data.inn.startsWith(wanted)
}

const server = createServer((request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (!request.headers.authorization) return void answer(401, { message: 'send a token: any' })
  text(request)
    .then(body => {
      const { query = '' } = JSON.parse(body) as { query?: string }
      answer(200, { suggestions: companies.filter(one => asks(request.url, query, one)) })
    })
    .catch(() => answer(400, { message: 'this is no question' }))
})

server.on('error', error => {
  console.error(`The register cannot listen on port ${port}: ${error.message}`)
  process.exitCode = 1
})
server.listen(port, '127.0.0.1', () => {
  const at = (server.address() as AddressInfo).port
  console.log('The register is up. Start the server beside it with')
  console.log(`DADATA_URL=http://127.0.0.1:${at} DADATA_TOKEN=any npm start`)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close())
