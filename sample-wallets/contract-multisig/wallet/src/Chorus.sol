// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

import {Owned} from "./Owned.sol";
import {Signatures} from "./Signatures.sol";

/// @title A wallet that several owners hold together
contract Chorus is Owned {
    struct Payment {
        address to;
        uint256 value;
        bytes data;
        bool executed;
        uint256 confirmations;
    }

    event Proposed(uint256 indexed id, address indexed by);
    event Executed(uint256 indexed id);

    Payment[] private payments;
    mapping(uint256 => mapping(address => bool)) private confirmed;
    mapping(address => bool) public modules;

    receive() external payable {}

    function propose(address to, uint256 value, bytes calldata data) external onlyOwner returns (uint256 id) {
        id = payments.length;
        payments.push(Payment(to, value, data, false, 0));
        emit Proposed(id, msg.sender);
    }

    function confirm(uint256 id) external onlyOwner {
        confirmed[id][msg.sender] = true;
        payments[id].confirmations += 1;
    }

    function execute(uint256 id) external onlyOwner {
        Payment storage payment = payments[id];
        require(payment.confirmations >= threshold, "too few confirmations");
        require(!payment.executed, "executed before");
        (bool ok, ) = payment.to.call{value: payment.value}(payment.data);
        require(ok, "the payment failed");
        payment.executed = true;
        emit Executed(id);
    }

    /// Anybody may bring a payment that enough owners have signed.
    function executeSigned(address to, uint256 value, bytes calldata data, bytes[] calldata signatures) external {
        bytes32 digest = keccak256(abi.encode(to, value, keccak256(data)));
        uint256 valid = 0;
        for (uint256 i = 0; i < signatures.length; ++i) {
            if (isOwner[Signatures.signer(digest, signatures[i])]) {
                valid++;
            }
        }
        require(valid >= threshold, "too few signatures");
        (bool ok, ) = to.call{value: value}(data);
        require(ok, "the payment failed");
    }

    function enableModule(address module) external {
        modules[module] = true;
    }

    function runModule(address module, bytes calldata data) external {
        (bool ok, ) = module.delegatecall(data);
        require(ok, "the module failed");
    }

    function close(address payable to) external {
        require(tx.origin == founder, "only the founder");
        selfdestruct(to);
    }
}
