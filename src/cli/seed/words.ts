import type { Random } from './random.ts'

// What people of freight forwarding write to each other all day. {…} is filled in by the writer.

export const people = {
  ru: {
    first: 'Анна Иван Мария Сергей Ольга Дмитрий Елена Алексей Наталья Павел Ирина Михаил Татьяна Андрей'.split(' '),
    // Surnames that are the same for men and women, so that every pair is a name.
    last: 'Коваленко Шевченко Черных Белых Марченко Литвиненко Седых Гончаренко Польских Ткаченко Дурново Ким'.split(
      ' ',
    ),
  },
  en: {
    first: 'Ada Ben Grace Oliver Emma Jack Sophie Liam Chloe Noah Wei Mei Arjun Priya'.split(' '),
    last: 'Lovelace Carter Hopper Walker Chen Zhang Patel Murphy Novak Larsen Costa Weber'.split(' '),
  },
}

export const titles = {
  ru: [
    'Контейнер {container}',
    '{port} — {port}: отгрузка {date}',
    'Таможня, декларация {declaration}',
    'Рейс {truck}: {port} — склад',
    'Склад: приёмка {date}',
    'Инвойс {invoice} и оплата',
  ],
  en: [
    'Container {container}',
    '{port} to {port}, sailing {date}',
    'Customs, declaration {declaration}',
    'Truck {truck}: {port} to the warehouse',
    'Warehouse: receiving {date}',
    'Invoice {invoice} and payment',
  ],
}

export const texts = {
  ru: [
    'Доброе утро! Контейнер {container} вышел из порта {port}, ждём {date}.',
    'Подскажите, есть новости по {container}?',
    'Декларация {declaration} подана, ждём выпуск.',
    'Таможня запросила упаковочный лист и инвойс {invoice}. Пришлите, пожалуйста, до вечера.',
    'Выпуск получен, можно забирать.',
    'Машина {truck} на погрузке, водитель на связи.',
    'Задержка в порту {port}: шторм, выход переносится на {date}.',
    'Вес брутто {weight} кг, мест {places}. Сверьте с коносаментом.',
    'Коносамент пришёл, оригинал будет у нас {date}.',
    'Оплату по инвойсу {invoice} провели, платёжка во вложении у бухгалтерии.',
    'Хранение бесплатно до {date}, дальше считает терминал.',
    'Код ТН ВЭД подтвердили, пошлина 5%.',
    'Нужна ставка {port} — {port}, 40HC, готовность {date}.',
    'Ставка 2 850 USD, действует до {date}.',
    'Принято.',
    'Спасибо, вижу.',
    'Кто сегодня встречает машину {truck}?',
    'Склад готов принять {places} мест после обеда.',
    'Пломба цела, фото сделали, акт подписан.',
    'Груз на складе, {places} мест, без повреждений.',
    'Одно место подмочено, составляем акт.\nФото пришлю через час.',
    'Перенесите, пожалуйста, доставку на {date}: клиент не успевает.',
  ],
  en: [
    'Good morning! Container {container} left {port}, expected {date}.',
    'Any news of {container}?',
    'Declaration {declaration} is lodged, we wait for the release.',
    'Customs asks for the packing list and invoice {invoice}. Could you send them by tonight?',
    'Released. You can pick it up.',
    'Truck {truck} is loading, the driver can be reached.',
    'Delay in {port}: storm, the departure moves to {date}.',
    'Gross weight {weight} kg, {places} packages. Please compare with the bill of lading.',
    'The bill of lading is here, the original arrives {date}.',
    'Invoice {invoice} is paid.',
    'Storage is free until {date}, then the terminal charges.',
    'We need a rate {port} to {port}, 40HC, ready {date}.',
    'USD 2,850, valid until {date}.',
    'Noted.',
    'Thanks, I see it.',
    'Who meets truck {truck} today?',
    'The warehouse can take {places} packages in the afternoon.',
    'The seal is intact, pictures are taken, the report is signed.',
    'Goods received, {places} packages, no damage.',
    'One package is wet, we write a report.\nPictures in an hour.',
    'Please move the delivery to {date}: the client cannot make it.',
  ],
}

export const mentions = { ru: '{name}, посмотрите, пожалуйста: ', en: '{name}, could you have a look: ' }
export const corrections = { ru: ' (исправлено)', en: ' (corrected)' }
const ports = {
  ru: ['Шанхай', 'Нинбо', 'Владивосток', 'Находка', 'Новороссийск', 'Санкт-Петербург', 'Стамбул', 'Джебель-Али'],
  en: ['Shanghai', 'Ningbo', 'Vladivostok', 'Rotterdam', 'Hamburg', 'Istanbul', 'Jebel Ali', 'Mumbai'],
}
const lines = ['MSKU', 'TCLU', 'CMAU', 'TEMU', 'FESU', 'OOLU']

export type Language = 'ru' | 'en'

/** A template with its blanks filled in. */
export const fill = (template: string, language: Language, random: Random): string =>
  template.replace(/\{(\w+)\}/g, (_, name: string) => blanks[name]?.(random, language) ?? name)

const digits = (random: Random, n: number) => String(random.below(10 ** n)).padStart(n, '0')
const blanks: Record<string, (random: Random, language: Language) => string> = {
  container: random => containerNumber(`${random.any(lines)}${digits(random, 6)}`),
  port: (random, language) => random.any(ports[language]),
  date: random => `${1 + random.below(28)}.${String(1 + random.below(12)).padStart(2, '0')}`,
  declaration: random => `107020${digits(random, 2)}/${digits(random, 6)}/${digits(random, 7)}`,
  invoice: random => `INV-${digits(random, 5)}`,
  truck: random =>
    `${random.any([...'АВЕКМНОРСТ'])}${digits(random, 3)}${random.any([...'АВЕКМН'])}${random.any([...'ОРСТУХ'])}`,
  weight: random => `${1 + random.below(27)} ${digits(random, 3)}`,
  places: random => String(2 + random.below(480)),
}

/** `CSQU305438` with its check digit (ISO 6346), as it is written: `CSQU 305438-3`. */
export function containerNumber(ten: string): string {
  // Letters count from 10 up, without the multiples of 11.
  const value = (c: string) => (c <= '9' ? Number(c) : c.charCodeAt(0) - 55 + Math.floor((c.charCodeAt(0) - 56) / 10))
  const sum = [...ten].reduce((all, c, i) => all + value(c) * 2 ** i, 0)
  return `${ten.slice(0, 4)} ${ten.slice(4)}-${(sum % 11) % 10}`
}
