import { Type } from 'typebox'
import { Id, MapOf } from '../contracts/bounded.ts'
import { capability, exactKey } from './capability.ts'

export const runRobot = capability({
  name: 'runRobot',
  group: 'Scrape',
  description: 'Starts a robot at a service, waits for it and gives the rows that it found',
  effect: 'read',
  expiryDays: 0,
  input: Type.Object({
    robot: Id({ minLength: 1, description: 'The service’s own id of the robot' }),
    arguments: Type.Optional(
      MapOf(Type.Unknown(), {
        description: 'What the robot is told, by its own names; over what is saved with it',
      }),
    ),
  }),
  output: Type.Object({
    values: MapOf(Type.Unknown(), { description: 'One row, by the robot’s own names' }),
  }),
  key: exactKey,
})
