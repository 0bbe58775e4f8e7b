"""A file system that passes everything on to a folder, and fails or waits where it is told to.

    faulty-disk.py FOLDER MOUNTPOINT FAULTS

FAULTS is a file that is read before each operation: {"fail": ["fsync"], "errno": "EIO", "delay": ["fsync"], "delay_ms": 100}.
Operations are write, fsync, create, rename, link, unlink. It ends when it is unmounted.
"""

import errno
import json
import os
import sys
import time

from fusepy import FUSE, FuseOSError, Operations


class FaultyDisk(Operations):
    def __init__(self, folder, faults):
        self.folder = folder
        self.faults = faults

    def at(self, path):
        return os.path.join(self.folder, path.lstrip("/"))

    def meet(self, operation):
        try:
            with open(self.faults) as file:
                faults = json.load(file)
        except (OSError, ValueError):
            return
        if operation in faults.get("delay", []):
            time.sleep(faults["delay_ms"] / 1000)
        if operation in faults.get("fail", []):
            raise FuseOSError(getattr(errno, faults["errno"]))

    def getattr(self, path, fh=None):
        status = os.lstat(self.at(path))
        keys = ("st_atime", "st_ctime", "st_gid", "st_mode", "st_mtime", "st_nlink", "st_size", "st_uid", "st_ino")
        return {key: getattr(status, key) for key in keys}

    def statfs(self, path):
        status = os.statvfs(self.at(path))
        keys = ("f_bavail", "f_bfree", "f_blocks", "f_bsize", "f_favail", "f_ffree", "f_files", "f_flag", "f_frsize", "f_namemax")
        return {key: getattr(status, key) for key in keys}

    def readdir(self, path, fh):
        return [".", ".."] + os.listdir(self.at(path))

    def mkdir(self, path, mode):
        self.meet("create")
        os.mkdir(self.at(path), mode)

    def rmdir(self, path):
        os.rmdir(self.at(path))

    def unlink(self, path):
        self.meet("unlink")
        os.unlink(self.at(path))

    def rename(self, old, new):
        self.meet("rename")
        os.rename(self.at(old), self.at(new))

    def link(self, target, source):
        self.meet("link")
        os.link(self.at(source), self.at(target))

    def chmod(self, path, mode):
        os.chmod(self.at(path), mode)

    def chown(self, path, uid, gid):
        os.chown(self.at(path), uid, gid)

    def utimens(self, path, times=None):
        os.utime(self.at(path), times)

    def create(self, path, mode, fi=None):
        self.meet("create")
        return os.open(self.at(path), os.O_RDWR | os.O_CREAT | os.O_EXCL, mode)

    def open(self, path, flags):
        # The kernel says itself where each write goes.
        return os.open(self.at(path), flags & ~os.O_APPEND)

    def read(self, path, size, offset, fh):
        return os.pread(fh, size, offset)

    def write(self, path, data, offset, fh):
        self.meet("write")
        return os.pwrite(fh, data, offset)

    def truncate(self, path, length, fh=None):
        self.meet("write")
        os.truncate(self.at(path), length)

    def flush(self, path, fh):
        return 0

    def release(self, path, fh):
        os.close(fh)

    def fsync(self, path, datasync, fh):
        self.meet("fsync")
        os.fsync(fh)

    def fsyncdir(self, path, datasync, fh):
        self.meet("fsync")


if __name__ == "__main__":
    folder, mountpoint, faults = sys.argv[1:]
    FUSE(FaultyDisk(folder, faults), mountpoint, foreground=True, use_ino=True)
