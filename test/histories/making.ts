import { createHash } from 'node:crypto'
import { newId, nobody, system } from '../../src/kernel/id.ts'
import { actorOf, type Draw, type World } from './world.ts'

// What moves are made of: mostly what makes sense, sometimes what is somebody else's, gone, or never was.

/** A command that somebody tells; `done`: what is known when it went through. */
export interface Move {
  input: Record<string, unknown>
  actor: string
  done?: () => void
}
export type Make = (world: World, draw: Draw) => Move

export const chatRoles = ['MEMBER', 'OWNER', 'ADMIN', 'READER']
export const companyRoles = ['MEMBER', 'ADMIN', 'OWNER']
export const oneOf = <T extends { id: string }>(of: readonly T[], id: string) => of.find(one => one.id === id)

export const about =
  (
    make: (world: World, draw: Draw, chatId: string) => Record<string, unknown> = () => ({}),
    then?: (world: World, input: Record<string, unknown>) => void,
  ): Make =>
  (world, draw) => {
    const chatId = draw.id(world.chats)
    const input = { chatId, ...make(world, draw, chatId) }
    return { input, actor: actorOf(world, draw, oneOf(world.chats, chatId)), done: () => then?.(world, input) }
  }
export const aboutMessage =
  (make: (draw: Draw, world: World) => Record<string, unknown> = () => ({})): Make =>
  (world, draw) => {
    const messageId = draw.id(world.messages)
    const message = oneOf(world.messages, messageId)
    const chatId = !message || draw.chance(0.05) ? draw.id(world.chats) : message.chatId
    const people = oneOf(world.chats, chatId)?.people ?? []
    return {
      input: { chatId, messageId, ...make(draw, world) },
      actor: actorOf(world, draw, message && { ...message, people }),
    }
  }
export const ofCompany =
  (
    make: (world: World, draw: Draw, companyId: string) => Record<string, unknown> = () => ({}),
    then?: (world: World, input: Record<string, unknown>, actor: string) => void,
  ): Make =>
  (world, draw) => {
    const companyId = draw.id(world.companies)
    const input = { companyId, ...make(world, draw, companyId) }
    const actor = actorOf(world, draw, oneOf(world.companies, companyId))
    return { input, actor, done: () => then?.(world, input, actor) }
  }
/** What people do with their own account, and with their own part in a chat: the API says who they are. */
export const own =
  (
    make: (world: World, draw: Draw) => Record<string, unknown> = () => ({}),
    then?: (world: World, userId: string) => void,
  ): Make =>
  (world, draw) => {
    const actor = actorOf(world, draw, undefined)
    return { input: { userId: actor, ...make(world, draw) }, actor, done: () => then?.(world, actor) }
  }
export const byAdmin =
  (make: (draw: Draw) => Record<string, unknown> = () => ({})): Make =>
  (world, draw) => ({
    input: { userId: draw.id(world.people), ...make(draw) },
    actor: draw.chance(0.5) ? system : actorOf(world, draw, undefined),
  })
export const ofFile =
  (make: (draw: Draw) => Record<string, unknown> = () => ({}), house = false): Make =>
  (world, draw) => {
    const fileId = draw.id(world.files)
    return {
      input: { fileId, ...make(draw) },
      actor: house ? nobody : actorOf(world, draw, oneOf(world.files, fileId)),
    }
  }
export const ofTemplate =
  (make: (draw: Draw) => Record<string, unknown> = () => ({})): Make =>
  (world, draw) => {
    const templateId = draw.id(world.templates)
    const template = oneOf(world.templates, templateId)
    const companyId = template && draw.chance(0.9) ? template.companyId : draw.id(world.companies)
    return { input: { templateId, companyId, ...make(draw) }, actor: actorOf(world, draw, template) }
  }

/** How commands are made up, and how often each comes. */
export type Moves = Readonly<Record<string, [weight: number, make: Make]>>

/** Takes back what went through once, mostly; otherwise as `make` says. */
export const undo =
  (type: string, make: Make): Make =>
  (world, draw) => {
    const found = world.went.filter(one => one.type === type && !world.gone.has(one.actor))
    const { input, actor } = found.length && draw.chance(0.8) ? draw.any(found.slice(-3)) : make(world, draw)
    return { input: { ...input }, actor }
  }
export const title = (draw: Draw) => `title ${draw.below(4)}`
export const note = (draw: Draw) => `note ${draw.below(1_000)}`
export const version = (draw: Draw) => (draw.chance(0.2) ? { expectedVersion: draw.below(6) } : {})
export const emojis = ['👍', '🎉', '❤️']
export const found = {
  good: true,
  contentType: 'image/png',
  sha256: 'ff',
  width: 1,
  durationMs: null,
  height: 1,
  thumbnail: true,
  previewHash: null,
}
export const derive = (purpose: string, of: string) =>
  createHash('sha256')
    .update(purpose + of)
    .digest()

export const asOneself = (move: Move): Move => ({ ...move, input: { ...move.input, userId: move.actor } })
export const insider = (world: World, draw: Draw, chatId: string): string =>
  draw.chance(0.8) ? draw.any(oneOf(world.chats, chatId)?.people ?? [newId()]) : draw.id(world.people)
export const member = (world: World, draw: Draw, companyId: string): string =>
  draw.chance(0.8) ? draw.any(oneOf(world.companies, companyId)?.people ?? [newId()]) : draw.id(world.people)
