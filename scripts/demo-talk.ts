// What Ann and Bob say to each other in scripts/demo.ts.

export type Name = 'Ann' | 'Bob'

/** One thing that somebody does. `as` names a message, so that later steps can speak of it. */
export type Step =
  | { who: Name; says: string; as?: string; to?: string }
  | { who: Name; edits: string; into: string }
  | { who: Name; deletes: string }
  | { who: Name; reads: true }

export const title = 'Container MSKU 204417-3'

export const talk: readonly Step[] = [
  { who: 'Ann', says: 'Morning, Bob! Any news of the container from Shanghai?' },
  { who: 'Bob', reads: true },
  { who: 'Bob', says: 'Morning! It was unloaded at 4:40, berth 12.', as: 'unloaded' },
  { who: 'Bob', edits: 'unloaded', into: 'Morning! It was unloaded at 4:40, berth 14.' },
  { who: 'Ann', reads: true },
  { who: 'Ann', says: 'A day early. Is customs done?', as: 'customs' },
  { who: 'Bob', says: 'They ask for the packing list again, and the weights must add up this time.', to: 'customs' },
  { who: 'Ann', says: 'The broker has it, I will send the corrected one in a minute.', as: 'corrected' },
  { who: 'Bob', reads: true },
  { who: 'Bob', says: 'Thanks. Gross is 18,240 kg on the bill of lading.', to: 'corrected', as: 'gross' },
  { who: 'Ann', reads: true },
  { who: 'Ann', says: 'My phone PIN is 44', as: 'slip' },
  { who: 'Ann', deletes: 'slip' },
  { who: 'Ann', says: 'Wrong window, sorry. 18,240 it is, the list said 18,420.', to: 'gross' },
  { who: 'Bob', reads: true },
  { who: 'Bob', says: 'That explains it. Filed again just now.' },
  { who: 'Ann', says: 'Which truck do we have for the afternoon?', as: 'truck' },
  { who: 'Bob', says: 'Karim with the 40-foot chassis, free from two.', to: 'truck', as: 'karim' },
  { who: 'Ann', reads: true },
  { who: 'Ann', says: 'The warehouse takes it until six. Two hours on the road if the bridge is open.' },
  { who: 'Bob', says: 'It is open. And customs just said yes!', as: 'yes' },
  { who: 'Ann', reads: true },
  { who: 'Ann', says: 'That was quick! Then let Karim go at two.', to: 'yes' },
  { who: 'Bob', says: 'Done. He will be at the gate at 4.', as: 'gate' },
  { who: 'Bob', edits: 'gate', into: 'Done. He will be at the gate at 4:15, he has to refuel.' },
  { who: 'Ann', reads: true },
  { who: 'Ann', says: 'I will tell the warehouse. Thank you, Bob!' },
  { who: 'Bob', reads: true },
]
