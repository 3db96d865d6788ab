/** The platform of this machine in an image's words. (image-spec v1.1, image-index.md) */
export function machinePlatform(arch: string = process.arch) {
  return { os: 'linux', architecture: arch === 'x64' ? 'amd64' : arch } as const;
}
