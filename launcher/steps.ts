import { say, secondsSince } from './screen.ts'

/**
 * Does one piece of work and shows it as one line with the seconds it took. On a terminal the seconds
 * run while it works; elsewhere the line is completed when the work ends, so that logs stay readable.
 */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  const terminal = process.stdout.isTTY
  const show = (text: string): void => {
    process.stdout.write(terminal ? `\r\u001b[2K  ${title} … ${text}` : text)
  }
  if (!terminal) process.stdout.write(`  ${title} … `)
  const clock = terminal ? setInterval(() => show(secondsSince(start)), 1000) : undefined
  if (terminal) show('')
  try {
    const result = await work()
    show(secondsSince(start))
    return result
  } catch (error) {
    show(`failed after ${secondsSince(start)}`)
    throw error
  } finally {
    clearInterval(clock)
    say()
  }
}
