export interface Manifest { format: 1; id: string; name: string }
