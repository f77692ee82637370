/** What is wrong with a password, in words for its owner; null when nothing is. `known`: what an attacker tries first. */
export function passwordProblem(password: string, known: readonly string[]): string | null {
  if (password.length < 8) return 'A password has at least 8 characters.'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what no keyboard types and hashing may cut short
  if (/[\u0000-\u001f\u007f]/.test(password)) return 'A password must not hold control characters.'
  if (!password.isWellFormed()) return 'A password must not hold half of a character (a lone surrogate).'
  if (password.length > 128) return 'A password has at most 128 characters.'
  const plain = password.toLowerCase()
  if (new Set(plain).size < 4) return 'This password repeats itself: choose another.'
  if (common.has(plain) || common.has(plain.replace(/[0-9!.]+$/, '')))
    return 'This password is a common one: choose another.'
  if (known.some(word => word.length >= 4 && plain === word.toLowerCase()))
    return 'This password is your own name or address.'
  return null
}

// The most common ones of eight characters and more, and the words that most of the others are made of by adding digits.
const common = new Set(
  `12345678 123456789 1234567890 87654321 987654321 0987654321 11223344 12341234 123123123 147258369 123321123 1q2w3e4r
  1q2w3e4r5t 1qaz2wsx 1qazxsw2 q1w2e3r4 q1w2e3r4t5 qwertyui qwertyuiop qwerty qwerty123 qwer1234 asdfghjk asdfghjkl
  asdf1234 zxcvbnm zxcvbnmm zaq12wsx abcd1234 abcdefgh abc12345 a1b2c3d4 aa123456 password passw0rd p@ssw0rd p@ssword
  pass1234 password1 passwort motdepasse contraseña пароль йцукен йцукенгш iloveyou sunshine princess football baseball
  superman batman trustno1 welcome welcome1 letmein letmein1 whatever computer internet starwars jennifer michelle
  changeme changeit admin123 administrator adminadmin rootroot default secret secret12 test1234 testtest master dragon
  monkey shadow michael charlie jordan23 liverpool chelsea arsenal barcelona samsung google facebook pokemon naruto
  wellwon wellwon1 telegram`.split(/\s+/),
)
