import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, createWriteStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'

/** Template databases of Postgres are the same thrice: a window of 128 MB finds them. */
const window = 27

const ended = async (child: ReturnType<typeof spawn>): Promise<void> => {
  const [code]: unknown[] = await once(child, 'close')
  if (code !== 0) throw new Error(`tar ended with ${code}`)
}

/** A folder as one file, as small as it gets. */
export const pack = async (folder: string, file: string): Promise<void> => {
  const tar = spawn('tar', ['-C', folder, '--sort=name', '-cf', '-', '.'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const {
    ZSTD_c_compressionLevel: level,
    ZSTD_c_windowLog: windowLog,
    ZSTD_c_enableLongDistanceMatching: far,
  } = constants
  const smaller = createZstdCompress({ params: { [level]: 19, [windowLog]: window, [far]: 1 } })
  await Promise.all([pipeline(tar.stdout, smaller, createWriteStream(file)), ended(tar)])
}

export const unpack = async (file: string, folder: string): Promise<void> => {
  const archive = join(folder, 'fixture.tar')
  const larger = createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: window } })
  await pipeline(createReadStream(file), larger, createWriteStream(archive))
  // Not through a pipe: tar may close it before its end, which is padding.
  await ended(spawn('tar', ['-C', folder, '-xf', archive], { stdio: 'inherit' }))
  rmSync(archive)
}
