import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messageTemplateCommands } from '../../src/domain/messageTemplate/commands.ts'
import { messageTemplateEvents } from '../../src/domain/messageTemplate/events.ts'
import { type CompanyStanding, messageTemplate } from '../../src/domain/messageTemplate/messageTemplate.ts'
import { given } from '../../src/kernel/given.ts'
import { newId } from '../../src/kernel/id.ts'
import { fillIn, variablesOf } from '../../src/kernel/template.ts'

const { TemplateCreated, TemplateUpdated, TemplateRemoved } = messageTemplateEvents.make
const [templateId, companyId, actor] = [newId(), newId(), newId()]
const text = { name: 'Arrival', body: 'Container {{number}} arrived.' }
const of = { templateId, companyId }

const as = (role: CompanyStanding['role'] | null, archived = false) => ({
  actor,
  facts: { companyStanding: role && { role, archived } },
})
const none = given(messageTemplate, [])
const live = given(messageTemplate, [TemplateCreated({ companyId }, text)])
const removed = given(messageTemplate, [TemplateCreated({ companyId }, text), TemplateRemoved({ companyId })])

describe('a template', () => {
  test('is made by owners and admins, once', () => {
    for (const role of ['OWNER', 'ADMIN'] as const)
      none.when('CreateTemplate', { ...of, ...text }, as(role)).then([TemplateCreated({ companyId }, text)])
    live.when('CreateTemplate', { ...of, ...text }, as('OWNER')).then([])
    none.when('CreateTemplate', { ...of, ...text }, as('MEMBER')).rejects('FORBIDDEN')
    none.when('CreateTemplate', { ...of, ...text }, as(null)).rejects('NOT_FOUND')
    none.when('CreateTemplate', { ...of, ...text }, as('OWNER', true)).rejects('STATE_CONFLICT')
  })

  test('is changed in part; no change is no event, also with an old version', () => {
    const body = 'Container {{number}} is here.'
    live
      .when('UpdateTemplate', { ...of, body, expectedVersion: 0 }, as('ADMIN'))
      .then([TemplateUpdated({ companyId }, { name: text.name, body })])
    live.when('UpdateTemplate', { ...of, ...text, expectedVersion: -1 }, as('ADMIN')).then([])
    live.when('UpdateTemplate', { ...of, body, expectedVersion: 7 }, as('ADMIN')).rejects('VERSION_CONFLICT')
    live.when('UpdateTemplate', { ...of, body }, as('MEMBER')).rejects('FORBIDDEN')
    live.when('UpdateTemplate', { ...of, body }, as(null)).rejects('NOT_FOUND')
    live.when('UpdateTemplate', { ...of, body }, as('OWNER', true)).rejects('STATE_CONFLICT')
    for (const one of [none, removed]) one.when('UpdateTemplate', { ...of, body }, as('OWNER')).rejects('NOT_FOUND')
  })

  test('of another company is not there, whoever asks', () => {
    const other = { templateId, companyId: newId() }
    live.when('UpdateTemplate', { ...other, name: 'x' }, as('OWNER')).rejects('NOT_FOUND')
    live.when('DeleteTemplate', other, as('OWNER')).rejects('NOT_FOUND')
  })

  test('is removed once', () => {
    live.when('DeleteTemplate', of, as('OWNER')).then([TemplateRemoved({ companyId })])
    removed.when('DeleteTemplate', of, as('OWNER')).then([])
    live.when('DeleteTemplate', of, as('MEMBER')).rejects('FORBIDDEN')
    none.when('DeleteTemplate', of, as('OWNER')).rejects('NOT_FOUND')
  })

  test('that was erased needs both of its parts again', () => {
    const erased = given(messageTemplate, [{ ...TemplateCreated({ companyId }, text), personal: null }])
    erased.when('UpdateTemplate', { ...of, name: 'x' }, as('OWNER')).rejects('STATE_CONFLICT')
    erased.when('UpdateTemplate', { ...of, ...text }, as('OWNER')).then([TemplateUpdated({ companyId }, text)])
  })

  test.each(['{{', '}}', 'a {{b c}}', '{{}}', '{{1st}}', '{{a}', `{{${'x'.repeat(51)}}}`])('%j is refused', body => {
    const { input } = messageTemplateCommands.CreateTemplate
    expect(input.safeParse({ ...of, name: 'x', body }).success).toBe(false)
  })
})

describe('filling in', () => {
  test('names come once, in order, in any alphabet', () => {
    expect(variablesOf('{{груз}} {{ b_2 }} {{груз}} {a}')).toEqual({ names: ['груз', 'b_2'] })
    const many = Array.from({ length: 51 }, (_, i) => `{{v${i}}}`).join('')
    expect(variablesOf(many)).toHaveProperty('problem')
  })

  test('says what is missing, unknown and given twice', () => {
    const value = 'x'
    expect(
      fillIn('{{a}} {{b}}', [
        { name: 'b', value },
        { name: 'c', value },
        { name: 'c', value },
      ]),
    ).toEqual({
      missing: ['a'],
      unknown: ['c'],
      repeated: ['c'],
    })
  })

  test('values are put in as they are, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, two) => {
        const values = [
          { name: 'a', value: `${one}{{b}}$&` },
          { name: 'b', value: two },
        ]
        return fillIn('<{{a}}|{{ b }}|{{a}}>', values) === `<${one}{{b}}$&|${two}|${one}{{b}}$&>`
      }),
    )
  })
})
